"""What Keras is asked to do: each job as one who knows Keras would write it. Images and labels are tensors before
the clock runs. `fit` waits between batches on some machines, so it is one of several ways to train, and the
fastest on this machine is taken."""

import keras
import keras_net
import numpy as np
import tensorflow as tf
from files import Folder

VERSION = f"Keras {keras.__version__} on TensorFlow {tf.__version__}"
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class Job:
    ways, way = [], None

    def __init__(self, job):
        keras.utils.set_random_seed(1)
        self.job, self.folder = job, Folder(job["folder"])

    def use(self, way):
        self.way = way

    def images(self, name):
        return tf.constant(self.folder.images(name))

    def labels(self, name):
        return tf.constant(self.folder.labels(name))

    def network(self, name, shape=(32, 32, 3)):
        return keras_net.build(self.folder.layers(name), self.folder.weights(name, "keras"), shape)

    def prepare(self):
        """What is done before the clock runs."""


class Trainer:
    """Trains a model in each of the ways."""

    WAYS = ("fit", "train_on_batch", "a step as tf.function")

    def __init__(self, net, learning_rate):
        self.net = net
        optimizer = keras.optimizers.Adam(learning_rate, epsilon=1e-8)
        net.compile(optimizer=optimizer, loss=loss_of)
        optimizer.build(net.trainable_variables)
        self.fresh = [value.numpy() for value in optimizer.variables]

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(y, net(x, training=True))
            variables = net.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            return loss

        self.step = step

    def reset(self):
        """Forgets what the optimiser remembers."""
        for variable, value in zip(self.net.optimizer.variables, self.fresh):
            variable.assign(value)

    def train(self, way, x, y, batch, shuffle):
        if way == "fit":
            self.net.fit(x, y, batch_size=batch, epochs=1, shuffle=shuffle, verbose=0)
            return
        order = np.random.permutation(len(x)) if shuffle else None
        work = self.net.train_on_batch if way == "train_on_batch" else self.step
        for at in range(0, len(x), batch):
            if shuffle:
                chosen = order[at : at + batch]
                result = work(tf.gather(x, chosen), tf.gather(y, chosen))
            else:
                result = work(x[at : at + batch], y[at : at + batch])
        float(np.asarray(result).ravel()[0])  # until it is there


class Training(Job):
    ways, way = Trainer.WAYS, Trainer.WAYS[2]

    def __init__(self, job):
        super().__init__(job)
        order = self.folder.order("scenes")
        self.x = tf.gather(self.images("scenes"), order)
        self.y = tf.gather(self.labels("scenes"), order)
        self.trainer = Trainer(self.network(job["network"]), job["learningRate"])

    def check(self):
        size = self.job["batch"]
        places = range(0, self.job["checkSteps"] * size, size)
        losses = [self.trainer.step(self.x[at : at + size], self.y[at : at + size]) for at in places]
        return {"losses": [float(loss) for loss in losses]}

    def turn(self):
        count = self.job["steps"] * self.job["batch"]
        self.trainer.train(self.way, self.x[:count], self.y[:count], self.job["batch"], shuffle=False)
        return count


class OptionOne(Job):
    """As Keras' guide to transfer learning does it."""

    ways, way = Trainer.WAYS, Trainer.WAYS[2]

    def __init__(self, job):
        super().__init__(job)
        self.x, self.y = self.images("digits-1000-1"), self.labels("digits-1000-1")
        self.test = self.images("digits-test"), self.labels("digits-test")
        whole = self.network("shipped")
        base, last = keras.Sequential(whole.layers[:-1]), whole.layers[-1]
        base.trainable = False
        inputs = keras.Input((32, 32, 3))
        head = keras.layers.Dense(10, name="head")
        self.net = keras.Model(inputs, head(base(inputs, training=False)))
        head.set_weights(last.get_weights())
        self.head, self.start = head, head.get_weights()
        self.base = base
        self.cached = job["contender"].endswith("-cached")
        if self.cached:
            features = keras.Input((base.output_shape[-1],))
            self.trainer = Trainer(keras.Model(features, head(features)), 1e-3)
        else:
            self.trainer = Trainer(self.net, 1e-3)

    def prepare(self):
        self.head.set_weights(self.start)
        self.trainer.reset()

    def turn(self):
        epochs, batch = self.job["epochs"], self.job["batch"]
        # What the guide doesn't do: the trunk's output is computed once.
        x = tf.constant(self.base.predict(self.x, batch_size=250, verbose=0)) if self.cached else self.x
        if self.way == "fit":
            self.trainer.net.fit(x, self.y, batch_size=batch, epochs=epochs, verbose=0)
        else:
            for _ in range(epochs):
                self.trainer.train(self.way, x, self.y, batch, shuffle=True)
        return 1

    def check(self):
        self.prepare()
        self.turn()
        found = self.net.predict(self.test[0], batch_size=250, verbose=0).argmax(1)
        return {"accuracy": float((found == self.test[1].numpy()).mean())}


class Features(Job):
    ways, way = ("predict", "a call as tf.function"), "a call as tf.function"

    def __init__(self, job):
        super().__init__(job)
        self.x = self.images(job["network"])
        self.net = self.network(job["network"], tuple(self.x.shape[1:]))
        self.call = tf.function(lambda x: self.net(x, training=False))

    def run(self):
        size = self.job["batch"]
        if self.way == "predict":
            return self.net.predict(self.x, batch_size=size, verbose=0)
        parts = [self.call(self.x[at : at + size]) for at in range(0, len(self.x), size)]
        return tf.concat(parts, 0).numpy()

    def turn(self):
        self.run()
        return len(self.x)

    def check(self):
        return {"features": self.run()[0, :16].tolist()}


JOBS = {
    "full": Training,
    "plain": Training,
    "option1": OptionOne,
    "mobilenet": Features,
    "darknet": Features,
}
