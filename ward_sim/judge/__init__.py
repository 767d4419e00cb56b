"""The judge: compares what tablets were told with what the server shows."""
