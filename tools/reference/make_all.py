"""Rewrite every fixture, in the order in which they build upon one another."""

import make_baselines
import make_dqo
import make_gradients
import make_models
import make_optimizer

for script in [make_models, make_gradients, make_dqo, make_optimizer, make_baselines]:
    script.main()
