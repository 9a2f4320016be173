"""A small operating system's scheduler: tasks, a device, queues of packets, and a kernel that runs whoever is ready."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
DEVICE_PACKET, WORK_PACKET = range(2)
BUFFER = 4


class Packet:
    def __init__(self, link, owner, kind):
        self.link = link
        self.owner = owner
        self.kind = kind
        self.datum = 0
        self.data = [0] * BUFFER

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class State:
    def __init__(self):
        self.packet_pending = False
        self.task_waiting = False
        self.task_holding = False

    def running(self):
        self.packet_pending = self.task_waiting = self.task_holding = False
        return self

    def waiting(self):
        self.packet_pending = self.task_holding = False
        self.task_waiting = True
        return self

    def waiting_with_packet(self):
        self.task_holding = False
        self.task_waiting = self.packet_pending = True
        return self

    def is_held_or_waiting(self):
        return self.task_holding or (not self.packet_pending and self.task_waiting)

    def is_waiting_with_packet(self):
        return self.packet_pending and self.task_waiting and not self.task_holding


class Kernel:
    def __init__(self):
        self.tasks = {}
        self.first = None
        self.current = None
        self.queued = 0
        self.held = 0

    def add(self, task):
        task.kernel = self
        task.next = self.first
        self.first = task
        self.tasks[task.ident] = task

    def find(self, ident):
        return self.tasks[ident]

    def schedule(self):
        task = self.first
        while task is not None:
            self.current = task
            if task.state.is_held_or_waiting():
                task = task.next
            else:
                task = task.dispatch()


class Task:
    def __init__(self, ident, priority, queue, state):
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.state = state
        self.kernel = None
        self.next = None

    def dispatch(self):
        if self.state.is_waiting_with_packet():
            packet = self.queue
            self.queue = packet.link
            self.state.running()
            if self.queue is not None:
                self.state.packet_pending = True
        else:
            packet = None
        return self.step(packet)

    def step(self, packet):
        raise NotImplementedError

    def add_packet(self, packet, by):
        if self.queue is None:
            self.queue = packet
            self.state.packet_pending = True
            if self.priority > by.priority:
                return self
        else:
            packet.append_to(self.queue)
        return by

    def wait(self):
        self.state.task_waiting = True
        return self

    def hold(self):
        self.kernel.held += 1
        self.state.task_holding = True
        return self.next

    def release(self, ident):
        task = self.kernel.find(ident)
        task.state.task_holding = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        task = self.kernel.find(packet.owner)
        self.kernel.queued += 1
        packet.link = None
        packet.owner = self.ident
        return task.add_packet(packet, self)


class Idle(Task):
    def __init__(self, turns):
        Task.__init__(self, IDLE, 0, None, State().running())
        self.control = 1
        self.turns = turns

    def step(self, packet):
        self.turns -= 1
        if self.turns == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    def __init__(self, queue):
        Task.__init__(self, WORKER, 1000, queue, State().waiting_with_packet())
        self.destination = HANDLER_A
        self.count = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.owner = self.destination
        packet.datum = 0
        for place in range(BUFFER):
            self.count += 1
            if self.count > 26:
                self.count = 1
            packet.data[place] = 64 + self.count
        return self.send(packet)


class Handler(Task):
    def __init__(self, ident, priority, queue):
        Task.__init__(self, ident, priority, queue, State().waiting_with_packet())
        self.work = None
        self.device = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        work = self.work
        if work is None:
            return self.wait()
        if work.datum >= BUFFER:
            self.work = work.link
            return self.send(work)
        device = self.device
        if device is None:
            return self.wait()
        self.device = device.link
        device.datum = work.data[work.datum]
        work.datum += 1
        return self.send(device)


class Device(Task):
    def __init__(self, ident, priority):
        Task.__init__(self, ident, priority, None, State().waiting())
        self.pending = None

    def step(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            return self.send(packet)
        self.pending = packet
        return self.hold()


def boot(turns):
    kernel = Kernel()
    kernel.add(Idle(turns))
    queue = Packet(Packet(None, 0, WORK_PACKET), 0, WORK_PACKET)
    kernel.add(Worker(queue))
    for handler, priority, device in ((HANDLER_A, 2000, DEVICE_A), (HANDLER_B, 3000, DEVICE_B)):
        queue = None
        for _ in range(3):
            queue = Packet(queue, device, DEVICE_PACKET)
        kernel.add(Handler(handler, priority, queue))
    kernel.add(Device(DEVICE_A, 4000))
    kernel.add(Device(DEVICE_B, 5000))
    kernel.schedule()
    return kernel.queued, kernel.held


def bench_scheduler(threads):
    return [boot(10000) for _ in range(10)]
