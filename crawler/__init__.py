"""The web side: discover → fetch → extract."""
