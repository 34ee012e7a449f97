"""One training for tools/search_digits: a network that reads the digits of scikit-learn.

    python train_digits.py RATE DECAY WIDTH EPOCHS

Prints the share of right answers on a validation part, which a search may look at, and on a test part, which it may not.
"""

import sys
import warnings

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

rate, decay, width, epochs = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
pixels, digits = load_digits(return_X_y=True)
pixels /= 16.0
train_x, rest_x, train_y, rest_y = train_test_split(pixels, digits, train_size=0.5, random_state=0, stratify=digits)
valid_x, test_x, valid_y, test_y = train_test_split(rest_x, rest_y, train_size=0.5, random_state=0, stratify=rest_y)
warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is what is searched under
model = MLPClassifier(
    (width,), learning_rate_init=rate, alpha=decay, batch_size=32, max_iter=epochs, n_iter_no_change=epochs, random_state=0
).fit(train_x, train_y)
print(f"validation={model.score(valid_x, valid_y):.4f}")
print(f"test={model.score(test_x, test_y):.4f}")
