"""What is worked on, the same on every run."""
