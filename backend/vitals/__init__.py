"""Vital signs, their score, and the duty to observe."""
