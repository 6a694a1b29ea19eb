"""What is served beside the pages: documents, feeds, outlines, files, headers."""
