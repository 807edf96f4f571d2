"""Evidence measured: each row a number, against a peer in the same run where there is one, and what it should reach."""
