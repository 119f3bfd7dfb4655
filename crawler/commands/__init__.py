"""The commands, thin: each reads its options and calls the module that does the work."""
