"""The pairs of a FIMI file as an expert would count them with scipy: X^T X of the sparse basket-item matrix."""
import sys
import numpy as np
from scipy.sparse import csr_matrix, triu

path, minimum, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
columns, ends = [], [0]
with open(path) as baskets:
    for line in baskets:
        items = set(map(int, line.split()))
        if items:
            columns.extend(items)
            ends.append(len(columns))
n = len(ends) - 1
x = csr_matrix((np.ones(len(columns), dtype=np.int32), np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int64)))
counts = np.asarray(x.sum(axis=0)).ravel()
frequent = np.flatnonzero(counts >= minimum)
x = x[:, frequent]
pairs = triu(x.T @ x, k=1).tocoo()
keep = pairs.data >= minimum
with open(out, "w") as rules:
    rules.write("trigger,offer,together,trigger_baskets,offer_baskets,confidence,lift\n")
    for a, b, joint in zip(frequent[pairs.row[keep]].tolist(), frequent[pairs.col[keep]].tolist(), pairs.data[keep].tolist()):
        for trigger, offer in ((a, b), (b, a)):
            of_trigger, of_offer = int(counts[trigger]), int(counts[offer])
            confidence = joint / of_trigger
            lift = confidence * n / of_offer
            rules.write(f"{trigger},{offer},{joint},{of_trigger},{of_offer},"
                        f"{int(confidence * 1e6 + 0.5) / 1e6:.6f},{int(lift * 1e4 + 0.5) / 1e4:.4f}\n")
