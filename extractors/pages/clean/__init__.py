"""Steps of clean-up: each measures on a reduced copy first and answers None where it is not needed."""
