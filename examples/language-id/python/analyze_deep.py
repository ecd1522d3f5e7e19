"""Statistics of what language-identification models answered. Python 3.8 or newer, standard library only.

Reads one JSON array from stdin, a row per probe: { dataset, scenarioId, length, article | null, language (the true one), model,
answered | null, unsupported }, and prints one JSON object: { leak, intervals, mcnemar, agreement, bootstrap }.
What a model does not support is left out: it is no mistake. Exits with 65 where the input is not such an array.
"""

import argparse
import json
import math
import random
import sys
from collections import Counter, defaultdict
from itertools import combinations

Z = 1.959963984540054
"""Standard normal quantile of two-sided 95 %."""

EXACT_BELOW = 25
"""Discordant pairs under which McNemar's test is computed exactly."""

EX_DATAERR = 65


def wilson(correct, total):
    """Wilson's score interval of a proportion at 95 %: (low, high)."""
    if total == 0:
        return 0.0, 1.0
    share = correct / total
    spread = Z * Z / total
    centre = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def newcombe(first, second):
    """Newcombe's interval of a difference of two proportions, each (correct, total), from their Wilson intervals."""
    (p1, (l1, u1)), (p2, (l2, u2)) = [(c / n, wilson(c, n)) for c, n in (first, second)]
    difference = p1 - p2
    low = difference - math.hypot(p1 - l1, u2 - p2)
    high = difference + math.hypot(u1 - p1, p2 - l2)
    return low, high


def mcnemar(only_first, only_second):
    """Two-sided p of two models being right equally often, by what only one of them got right: (p, method)."""
    discordant = only_first + only_second
    if discordant < EXACT_BELOW:
        tail = sum(math.comb(discordant, k) for k in range(min(only_first, only_second) + 1))
        return min(1.0, 2 * tail / 2**discordant), "exact"
    statistic = max(0, abs(only_first - only_second) - 1) ** 2 / discordant
    return math.erfc(math.sqrt(statistic / 2)), "corrected"


def fleiss_kappa(ratings):
    """Fleiss' kappa of items that were each rated equally often, as lists of categories; None where chance alone agrees fully."""
    if not ratings:
        return None
    raters = len(ratings[0])
    overall = Counter(category for item in ratings for category in item)
    observed = sum(
        (sum(n * n for n in Counter(item).values()) - raters) / (raters * (raters - 1)) for item in ratings
    ) / len(ratings)
    expected = sum((n / (len(ratings) * raters)) ** 2 for n in overall.values())
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def cluster_bootstrap(clusters, rounds, rng):
    """Percentile interval at 95 % of the share of correct answers, drawing whole clusters, each (correct, total), with replacement."""
    count = len(clusters)
    shares = []
    for _ in range(rounds):
        correct = total = 0
        for _ in range(count):
            c, n = clusters[int(rng.random() * count)]
            correct += c
            total += n
        shares.append(correct / total)
    shares.sort()
    return shares[int(0.025 * (rounds - 1))], shares[math.ceil(0.975 * (rounds - 1))]


def is_correct(row):
    return row["answered"] == row["language"]


def tally(rows):
    """(correct, total) of rows."""
    return sum(map(is_correct, rows)), len(rows)


def grouped(rows, *fields):
    """Rows by the values of fields, in order of first appearance."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[field] for field in fields)].append(row)
    return groups


def intervals(rows):
    table = []
    for (dataset, model), group in grouped(rows, "dataset", "model").items():
        correct, total = tally(group)
        low, high = wilson(correct, total)
        table.append(
            {
                "dataset": dataset,
                "model": model,
                "correct": correct,
                "total": total,
                "accuracy": correct / total,
                "low": low,
                "high": high,
            }
        )
    return table


def mcnemar_table(rows):
    """Each pair of models on the scenarios that both support."""
    table = []
    for (dataset,), group in grouped(rows, "dataset").items():
        right = defaultdict(dict)
        for row in group:
            right[row["model"]][row["scenarioId"]] = is_correct(row)
        for first, second in combinations(right, 2):
            both = right[first].keys() & right[second].keys()
            only_first = sum(right[first][s] and not right[second][s] for s in both)
            only_second = sum(right[second][s] and not right[first][s] for s in both)
            p, method = mcnemar(only_first, only_second)
            table.append(
                {
                    "dataset": dataset,
                    "models": [first, second],
                    "onlyFirst": only_first,
                    "onlySecond": only_second,
                    "p": p,
                    "method": method,
                }
            )
    return table


def agreement(rows):
    """Fleiss' kappa over the scenarios that every model supports; not knowing is an answer of its own."""
    table = []
    for (dataset,), group in grouped(rows, "dataset").items():
        models = len(grouped(group, "model"))
        by_scenario = grouped(group, "scenarioId").values()
        ratings = [[row["answered"] for row in answers] for answers in by_scenario if len(answers) == models]
        kappa = fleiss_kappa(ratings) if models > 1 else None
        table.append({"dataset": dataset, "scenarios": len(ratings), "models": models, "kappa": kappa})
    return table


def bootstrap(rows, rounds, seed):
    """Clusters are articles, over all languages; a text that is of no article is a cluster of its own."""
    table = []
    for (dataset, model), group in grouped(rows, "dataset", "model").items():
        clusters = defaultdict(list)
        for row in group:
            article = row["article"]
            clusters[("scenario", row["scenarioId"]) if article is None else ("article", article)].append(row)
        rng = random.Random(f"{seed} {dataset} {model}")
        low, high = cluster_bootstrap([tally(cluster) for cluster in clusters.values()], rounds, rng)
        correct, total = tally(group)
        table.append(
            {
                "dataset": dataset,
                "model": model,
                "clusters": len(clusters),
                "rounds": rounds,
                "accuracy": correct / total,
                "low": low,
                "high": high,
            }
        )
    return table


def leak(rows):
    """Like with like: phrases, in the languages that both datasets have. The most flattered model comes first."""
    phrases = [row for row in rows if row["length"] == "phrase"]
    languages = {d: {r["language"] for r in phrases if r["dataset"] == d} for d in ("udhr", "ui")}
    shared = languages["udhr"] & languages["ui"]
    by_model = grouped([row for row in phrases if row["language"] in shared], "model", "dataset")
    table = []
    for model in dict.fromkeys(row["model"] for row in rows):
        udhr, ui = (tally(by_model.get((model, dataset), [])) for dataset in ("udhr", "ui"))
        if udhr[1] == 0 or ui[1] == 0:
            continue
        low, high = newcombe(udhr, ui)
        table.append(
            {
                "model": model,
                "udhr": udhr[0] / udhr[1],
                "ui": ui[0] / ui[1],
                "drop": udhr[0] / udhr[1] - ui[0] / ui[1],
                "low": low,
                "high": high,
                "languages": len(shared),
            }
        )
    return sorted(table, key=lambda entry: -entry["drop"])


FIELDS = ("dataset", "scenarioId", "length", "article", "language", "model", "answered", "unsupported")


def read_rows(stream):
    try:
        rows = json.load(stream)
    except ValueError as error:
        refuse(f"stdin holds no JSON: {error}")
    if not isinstance(rows, list):
        refuse("stdin must hold an array of rows")
    for place, row in enumerate(rows):
        missing = [field for field in FIELDS if not isinstance(row, dict) or field not in row]
        if missing:
            refuse(f"rows[{place}] lacks {', '.join(missing)}")
    return [row for row in rows if not row["unsupported"]]


def refuse(why):
    print(why, file=sys.stderr)
    sys.exit(EX_DATAERR)


def main():
    parser = argparse.ArgumentParser(description="Statistics of probes; see the head of this file.")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    parser.add_argument("--rounds", type=int, default=1000, help="of the bootstrap")
    options = parser.parse_args()
    if options.rounds < 1:
        refuse("--rounds must be 1 or more")
    rows = read_rows(sys.stdin)
    result = {
        "leak": leak(rows),
        "intervals": intervals(rows),
        "mcnemar": mcnemar_table(rows),
        "agreement": agreement(rows),
        "bootstrap": bootstrap(rows, options.rounds, options.seed),
    }
    json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
