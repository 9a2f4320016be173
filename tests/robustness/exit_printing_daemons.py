# stdout-any:
# Daemon threads that print all the time do not keep the program from ending, though one of them holds the stream's lock.
import threading
import time


def prints():
    while True:
        print("x" * 50)


for _ in range(6):
    threading.Thread(target=prints, daemon=True).start()
time.sleep(0.3)
