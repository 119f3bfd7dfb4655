"""The SQLite file: schema, ledger, articles, stories, runs and search."""
