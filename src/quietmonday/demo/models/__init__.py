"""Tables of the made-up firm; one file per noun."""

from quietmonday.demo.models.making import Making

__all__ = ["Making"]
