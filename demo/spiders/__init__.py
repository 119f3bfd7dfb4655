"""The outlets of the pretend web, each as a class of attributes."""
