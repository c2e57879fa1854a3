"""Suite D: does the end of a long video still look like its beginning, and does it still move?"""
