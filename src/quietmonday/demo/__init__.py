"""The made-up firm: 18 months of a business that never was, to look around in."""
