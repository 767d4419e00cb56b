"""What an entry says, and whether it may be believed: bytes in, judgements out."""
