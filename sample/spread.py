"""Weights of the counties, by which every total is spread over them. Belongs here: who gets much and who little."""

from __future__ import annotations

from orchestration.units import ReportingUnits
from sample.apportion import apportion
from sample.dates import Scene


class Spread:
    """Weights of the counties: former poverty counties most, city districts least, a few have no villages left."""

    def __init__(self, units: ReportingUnits, former_poverty: set[str], scene: Scene):
        self.scene = scene
        self.codes = [county.code for county in units.counties]
        self.former_poverty = [code in former_poverty for code in self.codes]
        self.weights = [self._weight(county.code, county.name) for county in units.counties]

    def _weight(self, code: str, name: str) -> int:
        rng = self.scene.rng(code, "weight")
        if self.former_poverty[self.codes.index(code)]:
            return rng.randint(300, 800)
        return rng.randint(20, 130) if name.endswith("区") else rng.randint(110, 300)

    def _urban(self, code: str) -> bool:
        index = self.codes.index(code)
        return self.weights[index] < 50

    def over(self, topic: str, rural: bool = False) -> list[int]:
        """The weights with a topic's own noise; ``rural`` leaves the most urban districts out."""
        rng = self.scene.rng(topic)
        noisy = [weight * rng.randint(75, 125) for weight in self.weights]
        if rural:
            noisy = [0 if self._urban(code) else w for code, w in zip(self.codes, noisy, strict=True)]
        return noisy if any(noisy) else [1] * len(noisy)

    def share(self, topic: str, total: int, rural: bool = False) -> list[int]:
        return apportion(total, self.over(topic, rural))
