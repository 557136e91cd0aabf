"""What a reader scores who remembers the last digits alone."""

from lstmviz.base.checks import whole_number
from lstmviz.tasks.matching import MAX_HALF


def guess_by_last(half: int, digits: int) -> float:
    """The accuracy, 0.5 to 1, of the best answer from the last `digits` digits where halves have `half` digits.

    Half of the sequences match; the second half of the others is any but the right one, with equal chance. Up to `half`
    digits say nothing, since the second half alone is as likely either way. Each further digit can be held against its
    partner: m of them that all agree, in a sequence that does not match, have the chance (10^-m - 10^-n) / (1 - 10^-n),
    and that is where a "yes" is wrong. It is the same where the second half is to mirror the first.

    Raises:
        ValueError: a value is out of range.
    """
    half = whole_number("half", half, 1, MAX_HALF)
    seen = min(max(whole_number("digits", digits, 0, 2 * MAX_HALF) - half, 0), half)
    if not seen:
        return 0.5
    agree = (10.0**-seen - 10.0**-half) / (1 - 10.0**-half)
    return 1 - agree / 2
