"""The application within the site; without migrations of its own."""
