"""The tablet's sync core in Python: `pwa/src/sync/core.ts` file by file, so that one checks the other."""
