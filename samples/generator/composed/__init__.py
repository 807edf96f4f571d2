"""Pages put together from blocks at random: for what reads them in order, not for what finds their fields."""
