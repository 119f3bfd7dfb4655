"""The outlets: one file each, file name = spider name = key in the database."""
