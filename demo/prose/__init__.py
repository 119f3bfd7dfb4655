"""Stock of invented news prose: per topic titles, opening sentences and further sentences with slots."""
