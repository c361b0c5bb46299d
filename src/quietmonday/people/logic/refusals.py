"""Why an action refused; the screens say it in words."""


class Refused(Exception):
    """Nothing was written. `rule` is a permanent name: no_name, no_address, wrong_side, engaged_already, …"""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
