"""Forms put together from parts at random: no two look alike, so that rules learn parts and not layouts."""
