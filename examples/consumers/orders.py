"""python3 orders.py localhost:9092 shop.orders (needs confluent-kafka; on Debian: apt-get install python3-confluent-kafka)"""
import json
import sys

from confluent_kafka import Consumer

consumer = Consumer({
    "bootstrap.servers": sys.argv[1],
    "group.id": "orders-python",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False,
    "isolation.level": "read_committed",  # with exactly_once; harmless without
})
consumer.subscribe([sys.argv[2]])
while True:
    message = consumer.poll(1.0)
    if message is None:
        continue
    if message.error():
        raise SystemExit(message.error())
    event = json.loads(message.value())
    # The same for the same change, however often it is delivered: remember it to drop repetitions.
    event_id = dict(message.headers())["df-event-id"].decode()
    print(event_id, message.key().decode(), event["op"], event["after"], flush=True)
    consumer.commit(message, asynchronous=False)  # behind the work, so that nothing is skipped
