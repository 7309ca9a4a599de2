"""A Modbus/TCP device that is not ours: pymodbus' own data store and function handlers, in units 1 and 2,
and the same over RTU frames on a second port.

Timed pulses (function 5 to 0x0200 and up, value n x 100 ms) are answered here with an exact echo, as the relay modules
do, before pymodbus' handler, which refuses such values. Commands come as JSON lines on standard input, answers go to
standard output.
"""
import asyncio
import json
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.factory import ServerDecoder
from pymodbus.utilities import computeCRC

DECODER = ServerDecoder()
FAULTS = {"silent": False, "late": 0.0, "wrong_unit": False, "exception": 0, "wrong_echo": False}
PULSES = []
SEEN = []
WRITERS = set()


def slave():
    block = lambda kind: ModbusSequentialDataBlock(0, [kind] * 5000)
    return ModbusSlaveContext(di=block(False), co=block(False), hr=block(0), ir=block(0), zero_mode=True)


CONTEXT = ModbusServerContext(slaves={1: slave(), 2: slave()}, single=False)


def answer(unit, pdu):
    if unit not in (1, 2):
        return bytes([pdu[0] | 0x80, 11])
    if FAULTS["exception"]:
        return bytes([pdu[0] | 0x80, FAULTS["exception"]])
    if pdu[0] == 5:
        address, value = struct.unpack(">HH", pdu[1:5])
        if 0x0200 <= address < 0x0208:
            PULSES.append({"unit": unit, "address": address, "value": value})
            return bytes([5]) + struct.pack(">HH", address, value ^ 1 if FAULTS["wrong_echo"] else value)
    request = DECODER.decode(pdu)
    response = request.execute(CONTEXT[unit])
    return bytes([response.function_code]) + response.encode()


async def read_tcp(reader):
    tid, _, length, unit = struct.unpack(">HHHB", await reader.readexactly(7))
    return tid, unit, await reader.readexactly(length - 1)


async def read_rtu(reader):
    """Functions 1 to 6 are all eight bytes long; a frame with a wrong check sum is left unanswered."""
    while True:
        frame = await reader.readexactly(8)
        if struct.pack(">H", computeCRC(frame[:6])) == frame[6:]:
            return None, frame[0], frame[1:6]


def framed(tid, unit, reply):
    if tid is None:
        body = bytes([unit]) + reply
        return body + struct.pack(">H", computeCRC(body))
    return struct.pack(">HHHB", tid, 0, len(reply) + 1, unit) + reply


async def serve(reader, writer, read=read_tcp):
    WRITERS.add(writer)
    try:
        while True:
            tid, unit, pdu = await read(reader)
            SEEN.append([unit, pdu.hex()])
            if FAULTS["silent"]:
                continue
            if FAULTS["late"]:
                await asyncio.sleep(FAULTS["late"])
            reply = answer(unit, pdu)
            said = unit + 1 if FAULTS["wrong_unit"] else unit
            writer.write(framed(tid, said, reply))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        WRITERS.discard(writer)
        writer.close()


KINDS = {"coil": 1, "input": 2, "holding": 3, "register": 4}


def command(order):
    name = order["do"]
    if name == "set":
        CONTEXT[order["unit"]].setValues(KINDS[order["kind"]], order["address"], order["values"])
    elif name == "get":
        return [int(v) for v in CONTEXT[order["unit"]].getValues(KINDS[order["kind"]], order["address"], order["count"])]
    elif name == "pulses":
        return PULSES
    elif name == "seen":
        return SEEN
    elif name == "fault":
        FAULTS.update(order["fault"])
    elif name == "drop":
        for writer in list(WRITERS):
            writer.close()
    elif name == "reset":
        PULSES.clear()
        SEEN.clear()
        FAULTS.update(silent=False, late=0.0, wrong_unit=False, exception=0, wrong_echo=False)
        for unit in (1, 2):
            for kind in (1, 2, 3, 4):
                CONTEXT[unit].setValues(kind, 0, [0] * 5000)
    return True


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    rtu = await asyncio.start_server(lambda r, w: serve(r, w, read_rtu), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1], "rtuPort": rtu.sockets[0].getsockname()[1]}), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_event_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while True:
        line = await lines.readline()
        if not line:
            return
        order = json.loads(line)
        print(json.dumps({"id": order["id"], "value": command(order)}), flush=True)


asyncio.run(main())
