"""The n-gram model: a distribution for every context, and the numbers of the formula worked out by counting."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmviz.detective.ngram import count_ngrams

SIGNS = 4
texts_of = st.lists(st.lists(st.integers(0, SIGNS - 1), max_size=25), min_size=1, max_size=3).filter(any)
orders = st.integers(1, 4)


def by_counting(texts, order):
    """p(sign | context), as the formula says it, with dictionaries."""
    counts = {}
    raw = {n: Counter(tuple(t[k : k + n]) for t in texts for k in range(len(t) - n + 1)) for n in range(1, order + 1)}
    for n in range(1, order + 1):
        counts[n] = raw[n]
        if n < order and raw[n + 1]:
            left = defaultdict(set)
            for longer in raw[n + 1]:
                left[longer[1:]].add(longer[0])
            for text in texts:
                if len(text) >= n:
                    left[tuple(text[:n])].add("beginning")
            counts[n] = Counter({stretch: len(kinds) for stretch, kinds in left.items()})

    def p(sign, context):
        n = len(context) + 1
        shorter = p(sign, context[1:]) if context else 1 / SIGNS
        after = {stretch[-1]: count for stretch, count in counts[n].items() if stretch[:-1] == context}
        if not after:
            return shorter
        times = Counter(counts[n].values())
        discount = times[1] / (times[1] + 2 * times[2]) if times[1] else 0.5
        total = sum(after.values())
        return (max(after.get(sign, 0) - discount, 0) + discount * len(after) * shorter) / total

    return p


@given(texts_of, orders, st.lists(st.integers(0, SIGNS - 1), max_size=5))
@settings(max_examples=60)
def test_after_every_context_the_signs_share_one_and_each_has_what_the_formula_says(texts, order, context):
    model = count_ngrams([np.array(text, dtype=np.int64) for text in texts], SIGNS, order)
    found = model.distribution(np.array(context, dtype=np.int64))
    assert found.sum() == pytest.approx(1, abs=1e-12)
    p = by_counting(texts, order)
    seen = tuple(context[max(len(context) - order + 1, 0) :])
    assert found == pytest.approx([p(sign, seen) for sign in range(SIGNS)], abs=1e-12)


@given(texts_of, orders, st.lists(st.integers(0, SIGNS - 1), min_size=1, max_size=12))
@settings(max_examples=40)
def test_a_text_costs_what_its_signs_are_given_one_by_one(texts, order, read):
    model = count_ngrams([np.array(text, dtype=np.int64) for text in texts], SIGNS, order)
    codes = np.array(read, dtype=np.int64)
    one_by_one = [model.distribution(codes[:k])[code] for k, code in enumerate(codes)]
    assert model.probabilities(codes) == pytest.approx(one_by_one, abs=1e-12)


def test_what_comes_again_and_again_is_expected():
    model = count_ngrams([np.array([0, 1, 2] * 30)], SIGNS, 3)
    assert model.distribution(np.array([0, 1]))[2] > 0.95


def test_nothing_to_count_is_refused():
    with pytest.raises(ValueError, match="`texts` must hold a sign"):
        count_ngrams([np.zeros(0, np.int64)], SIGNS)
    with pytest.raises(ValueError, match="`order` must be between 1 and 8; got 9"):
        count_ngrams([np.array([1])], SIGNS, 9)
