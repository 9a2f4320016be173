# Sockets: streams, datagrams, messages with descriptors, timeouts, names.
import os
import socket
import threading

a, b = socket.socketpair()
a.sendall(b"hello")
assert b.recv(3) == b"hel" and b.recv(10) == b"lo"
room = bytearray(10)
a.send(b"12345")
assert b.recv_into(room) == 5 and room[:5] == b"12345"
a.sendmsg([b"ab", b"cd"])
first, second = bytearray(3), bytearray(3)
assert b.recvmsg_into([first, second])[0] == 4 and first + second[:1] == b"abcd"

read, write = os.pipe()
socket.send_fds(a, [b"x"], [read, write])
data, fds, flags, address = socket.recv_fds(b, 10, 5)
assert data == b"x" and len(fds) == 2
os.write(fds[1], b"through")
assert os.read(fds[0], 10) == b"through"

server = socket.create_server(("127.0.0.1", 0))


def serve():
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(100).upper())


thread = threading.Thread(target=serve)
thread.start()
with socket.create_connection(server.getsockname(), timeout=10) as client:
    client.sendall(b"abc")
    assert client.recv(10) == b"ABC"
thread.join()

server.settimeout(0.05)
try:
    server.accept()
except TimeoutError as error:
    assert str(error) == "timed out"
else:
    raise AssertionError("TimeoutError was expected")
server.setblocking(False)
try:
    server.accept()
except BlockingIOError:
    pass
else:
    raise AssertionError("BlockingIOError was expected")

one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("127.0.0.1", 0))
other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other.sendto(b"datagram", one.getsockname())
assert one.recvfrom(100)[0] == b"datagram"

named = socket.socket(socket.AF_UNIX)
named.bind("\0weft-test-%d" % os.getpid())
assert named.getsockname() == b"\0weft-test-%d" % os.getpid()

packed = socket.inet_pton(socket.AF_INET6, "fe80::1")
assert socket.inet_ntop(socket.AF_INET6, packed) == "fe80::1"
assert socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 80)
assert socket.htons(1) == 256 and socket.ntohl(socket.htonl(7)) == 7
for address in (5, ("127.0.0.1",), ("127.0.0.1", 70000)):
    try:
        one.connect(address)
    except (TypeError, OverflowError):
        pass
    else:
        raise AssertionError(address)
for open_one in (a, b, server, one, other, named):
    open_one.close()
assert a.fileno() == -1
