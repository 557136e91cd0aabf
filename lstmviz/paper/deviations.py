"""In what the trainings here differ from the paper's, a sentence each, in English and Korean."""

from collections.abc import Mapping

DEVIATIONS: Mapping[str, Mapping[str, str]] = {
    "pairs": {
        "en": "Each seed has a pair of string sets of its own; the paper has three pairs with ten trials each.",
        "ko": "시드마다 문자열 집합 쌍이 따로 있습니다. 논문은 세 쌍을 두고 쌍마다 열 번씩 실험했습니다.",
    },
    "checks": {
        "en": "Success is looked for after every 100 sequences; the paper does not say how often it looked.",
        "ko": "성공 여부는 시퀀스 100개마다 확인합니다. 논문은 얼마나 자주 확인했는지 밝히지 않았습니다.",
    },
    "limit": {
        "en": "A training ends without success at a limit of ours; the paper prints none for its own networks.",
        "ko": "정해 둔 한도까지 성공하지 못하면 학습을 끝냅니다. 논문에는 그 신경망들의 한도가 적혀 있지 않습니다.",
    },
    "ranges": {
        "en": "g has the range from -1 to 1 and h from -2 to 2, as the paper's Table 10 says under it; its text has "
        "them the other way round.",
        "ko": "논문 표 10의 설명대로 g의 범위는 -1에서 1, h의 범위는 -2에서 2입니다. "
        "논문 본문에는 서로 바뀌어 있습니다.",
    },
    "steps": {
        "en": "The weights change after every symbol; the paper sums the changes up over the steps of a sequence.",
        "ko": "기호를 하나 읽을 때마다 가중치를 고칩니다. 논문은 시퀀스의 모든 스텝에 걸쳐 변화량을 더합니다.",
    },
    "linear": {
        "en": "The output unit is linear; the paper speaks of logistic units, which come near 0 and 1 only slowly.",
        "ko": "출력 노드가 선형입니다. 논문의 출력은 로지스틱인데, 로지스틱 출력은 0과 1에 아주 느리게 다가갑니다.",
    },
    "error": {
        "en": "The average training error is taken as the mean absolute error of the latest 2000 sequences; the paper "
        "does not say which average it is.",
        "ko": "평균 학습 오차는 최근 시퀀스 2000개의 절대 오차 평균으로 봅니다. "
        "논문은 어떤 평균인지 밝히지 않았습니다.",
    },
    "today": {
        "en": "A cell of today: torch's own, its whole gradient, Adam, one sequence an update; cross entropy for "
        "symbols and squared error with a linear output for numbers.",
        "ko": "오늘날의 셀입니다. torch의 셀을 쓰고, 기울기를 끊지 않으며, Adam으로 시퀀스마다 한 번씩 갱신합니다. "
        "기호에는 교차 엔트로피, 수에는 선형 출력과 제곱 오차를 씁니다.",
    },
    "counts": {
        "en": "Its number of weights is the nearest to the paper's that a whole number of units gives.",
        "ko": "가중치 수가 논문의 수에 가장 가까워지도록 노드 수를 정했습니다.",
    },
}
