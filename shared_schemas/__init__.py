"""The words that tablet, server and simulator share: Structs, enums, reference tables, locales."""
