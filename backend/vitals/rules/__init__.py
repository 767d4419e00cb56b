"""What follows from vital signs: the score, what is plausible, and when the next set is due. All pure."""
