"""Stable-Baselines3: PPO, A2C and DQN on a small environment: losses, rewards, saving and loading."""

import tempfile
import warnings

import gymnasium
import numpy as np
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

warnings.filterwarnings("ignore")


class Corridor(gymnasium.Env):
    """Go right, from 0 to 5, in 12 steps at most."""

    observation_space = gymnasium.spaces.Box(-1.0, 6.0, (2,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.steps = 0, 0
        return self.seen(), {}

    def seen(self):
        return np.array([self.place, self.steps / 12], np.float32)

    def step(self, action):
        self.place, self.steps = max(0, self.place + 2 * int(action) - 1), self.steps + 1
        done = self.place == 5
        return self.seen(), 1.0 if done else -0.1, done, self.steps >= 12, {}


env = Monitor(Corridor())
for kind, options in (
    (PPO, {"n_steps": 64, "batch_size": 32, "n_epochs": 3}),
    (A2C, {"n_steps": 16}),
    (DQN, {"learning_starts": 50, "buffer_size": 500, "train_freq": 4}),
):
    model = kind("MlpPolicy", env, seed=3, device="cpu", policy_kwargs={"net_arch": [16]}, **options)
    model.learn(256)
    weights = sum(p.abs().sum().item() for p in model.policy.parameters())
    reward, _ = evaluate_policy(model, env, n_eval_episodes=2)
    print(kind.__name__, f"{weights:.3f} {reward:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model")
        again = kind.load(f"{folder}/model", env=env, device="cpu")
        observation = np.array([[1.0, 0.1], [3.0, 0.2]], np.float32)
        print(again.predict(observation, deterministic=True)[0].tolist(), torch.get_num_threads() > 0)
