from pathlib import Path

import numpy as np
import polars as pl
import pytest

from liqi.insight import UnusableTable
from liqi.insight.location import complexity as c


@pytest.fixture(scope="module")
def world():
    frame = pl.read_parquet(Path(__file__).with_name("world_trade_sitc2_avg_1998_2000.parquet"))
    table = frame.pivot(on="product", index="country", values="value").fill_null(0)
    return table["country"].to_list(), table.columns[1:], table.drop("country").to_numpy()


def test_row_000_41_the_world_of_1998_to_2000_has_the_published_complexities(world):
    countries, products, exports = world
    assert exports.shape == (226, 785)
    found = c.complexity(exports)
    by_country = dict(zip(countries, found.places, strict=True))
    assert [by_country[name] for name in ("jpn", "deu", "che")] == pytest.approx([2.2626, 1.8844, 1.6667], abs=5e-5)
    by_product = dict(zip(products, found.products, strict=True))
    instruments = [by_product[code] for code in ("8744", "8748", "8742", "8720")]
    assert instruments == pytest.approx([4.188, 4.660, 4.600, 4.449], abs=5e-4)
    assert max(by_country, key=by_country.get) == "sgs"  # the trap: South Georgia, whom a filter of small ones removes


def test_a_country_is_as_complex_as_its_products_on_average(world):
    _countries, _products, exports = world
    found, has = c.complexity(exports), c.advantage(exports) >= 1
    assert [found.products[row].mean() for row in has] == pytest.approx(found.places, abs=1e-9)
    assert (found.places.mean(), found.places.std()) == pytest.approx((0, 1))


def test_fitness_of_a_small_world_is_what_its_rounds_say_by_hand():
    exports = np.array([[5, 5, 5], [5, 5, 0], [5, 0, 0]], dtype=float)
    has = (c.advantage(exports) >= 1).astype(float)
    fitness, quality = np.ones(3), np.ones(3)
    for _round in range(20):
        grown = [sum(has[i, j] * quality[j] for j in range(3)) for i in range(3)]
        asked = [1 / sum(has[i, j] / fitness[i] for i in range(3)) for j in range(3)]
        fitness, quality = np.array(grown) / np.mean(grown), np.array(asked) / np.mean(asked)
    found = c.fitness(exports)
    assert found[0] == pytest.approx(fitness)
    assert found[1] == pytest.approx(quality)


def test_fitness_puts_who_makes_rare_things_first(world):
    countries, _products, exports = world
    places, _quality = c.fitness(exports)
    top = [countries[at] for at in np.argsort(-places)[:8]]
    assert {"deu", "ita", "usa"} <= set(top)
    assert places.mean() == pytest.approx(1)


def test_relatedness_is_1_where_all_neighbours_are_made_and_0_where_none_is():
    exports = np.array([[10, 10, 0, 0], [10, 10, 0, 0], [0, 0, 10, 10], [0, 0, 10, 10]], dtype=float)
    assert c.density(exports).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    near = c.proximity(exports)
    assert near[0].tolist() == [0, 1, 0, 0]
    assert np.allclose(near, near.T)


def test_tables_that_have_no_complexity_are_refused():
    with pytest.raises(UnusableTable, match="found one place"):
        c.advantage([[1, 2]])
    with pytest.raises(UnusableTable, match="found exports under 0"):
        c.advantage([[1, -1], [1, 1]])
    with pytest.raises(UnusableTable, match="found 1 places or products without exports"):
        c.advantage([[1, 1], [0, 0]])
    with pytest.raises(UnusableTable, match="fall into parts"):
        c.complexity([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    with pytest.raises(UnusableTable, match="or all alike"):
        c.complexity([[1, 1], [1, 1]])


def test_fitness_after_20_rounds_is_that_of_the_r_package(world):
    """Published in the vignette of the R package economiccomplexity, five places and five products: within 1.4e-4."""
    countries, products, exports = world
    places, quality = c.fitness(exports)
    first = ["afg", "ago", "aia", "alb", "and"]
    published = [0.78605655, 0.03999516, 1.05645538, 1.24261128, 1.37321261]
    assert c.FITNESS_ROUNDS == 20
    assert [places[countries.index(name)] for name in first] == pytest.approx(published, abs=1.4e-4)
    codes = ["0011", "0012", "0013", "0014", "0015"]
    published = [0.7538883, 0.7491391, 2.3018690, 0.9903918, 1.3120378]
    assert [quality[products.index(code)] for code in codes] == pytest.approx(published, abs=1.4e-4)
