"""Template tags and filters of the face."""
