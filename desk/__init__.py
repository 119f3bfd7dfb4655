"""What the analyst sees: Datasette with the desk's metadata, plugins, templates and limits."""
