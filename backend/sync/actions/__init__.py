"""What happens to a batch of entries, to held ones, and to what is known of a tablet."""
