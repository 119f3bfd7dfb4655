"""What is watched: the watchlist file, its terms and the matcher over them."""
