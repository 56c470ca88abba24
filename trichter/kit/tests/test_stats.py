"""Statistics against published numbers."""

from math import isclose
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trichter.kit.stats import Interval, compare, lift, median, newcombe, quantile, rate, wilson

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def close(left, right, tolerance):
    return isclose(left, right, abs_tol=tolerance)


@pytest.mark.parametrize(
    ("hits", "n", "z", "p", "shares"),
    [
        ((20034, 20119), (44700, 45489), 1.7841, 0.07441, (0.448188, 0.442283)),
        ((8502, 8279), (44700, 45489), 3.16436, 0.001554, (0.190201, 0.182000)),
    ],
)
def test_the_cookie_cats_experiment_is_reproduced(hits, n, z, p, shares):
    found = compare(hits[0], n[0], hits[1], n[1])
    assert close(found.z, z, 5e-5)
    assert close(found.p, p, 5e-6)
    assert (round(found.first, 6), round(found.second, 6)) == shares
    assert found.difference == found.first - found.second
    assert close(found.lift, shares[0] / shares[1] - 1, 1e-5)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombes_table_of_single_proportions(hits, n, low, high):
    found = wilson(hits, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_agrees_with_his_table_of_differences(counts, low, high):
    found = newcombe(*counts)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(COUNTS)
def test_the_interval_holds_the_rate_and_stays_within_zero_and_one(counts):
    found = wilson(*counts)
    assert 0 <= found.low <= rate(*counts) <= found.high <= 1
    wider = wilson(*counts, confidence=0.99)
    assert wider.low <= found.low
    assert wider.high >= found.high


@given(COUNTS, COUNTS)
def test_swapping_the_sides_turns_the_sign(one, two):
    here, there = compare(*one, *two), compare(*two, *one)
    assert close(here.z, -there.z, 1e-9)
    assert close(here.p, there.p, 1e-12)
    assert close(here.interval.low, -there.interval.high, 1e-12)
    assert here.interval.low <= here.difference <= here.interval.high


def test_without_cases_there_is_no_rate():
    assert rate(0, 0) is None
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert compare(1, 2, 0, 0) is None
    assert quantile([], 0.5) is None
    assert lift(1, 0) is None


def test_equal_sides_do_not_differ():
    same = compare(0, 10, 0, 10)
    assert (same.z, same.p, same.lift) == (0.0, 1.0, None)


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="between 0 and n"):
        wilson(3, 2)
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence=1)
    with pytest.raises(ValueError, match="share"):
        quantile([1], 1.5)


def test_quantiles_are_of_type_seven():
    assert quantile([1, 2, 3, 4], 0.25) == 1.75
    assert quantile([4, 1, 3, 2], 0.9) == pytest.approx(3.7)
    assert median([3, 1]) == 2.0
    assert quantile([7], 0.9) == 7.0


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=50))
def test_quantiles_agree_with_the_standard_library(values):
    expected = quantiles(values, n=20, method="inclusive")
    assert [quantile(values, k / 20) for k in range(1, 20)] == pytest.approx(expected)
    assert quantile(values, 0) == min(values)
    assert quantile(values, 1) == max(values)


def test_intervals_are_plain_values():
    assert Interval(0.0, 1.0) == Interval(0.0, 1.0)
