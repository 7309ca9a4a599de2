"""A Modbus device that is not ours: pymodbus's decoder, data store and request handlers behind a small front.

The front exists for what pymodbus's own server has not: it answers the timed pulse (function 5 with a value that is
neither FF00 nor 0000) with an exact echo, keeps a log of the requests, and misbehaves when told to.

stdout: one JSON line {"port": ...} when ready, then one line an answer to each command.
stdin:  one JSON command a line:
  {"do": "set", "unit": 1, "table": "d|c|i|h", "address": 0, "values": [..]}
  {"do": "get", "unit": 1, "table": ..., "address": 0, "count": 1}
  {"do": "log"}          requests since the last "log", as hex of unit and PDU
  {"do": "fault", ...}   replaces the faults: {"silent": bool, "delay": seconds, "exception": number, "unit": number,
                         "echo": hex (the PDU that is answered to every write), "cut": bool (closes on the next
                         request), "pdu": hex (answered to everything), "times": so many requests only}
  {"do": "close"}        closes all connections
"""
import argparse
import asyncio
import json
import struct
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusSlaveContext
from pymodbus.factory import ServerDecoder
from pymodbus.pdu import ExceptionResponse
from pymodbus.utilities import computeCRC

DECODER = ServerDecoder()
TABLE_FUNCTION = {"d": 2, "c": 1, "i": 4, "h": 3}


def waveshare_io_8():
    return ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [0] * 8),
        co=ModbusSequentialDataBlock(0, [0] * 8),
        ir=ModbusSequentialDataBlock(0, [0] * 8),
        hr=ModbusSequentialDataBlock(0x1000, [0] * 8),
        zero_mode=True,
    )


def inveo_rfid_ind():
    coils = [0] * 18
    coils[17] = 1  # it has just started
    return ModbusSlaveContext(
        di=ModbusSequentialDataBlock(1000, [0] * 18),
        co=ModbusSequentialDataBlock(1000, coils),
        ir=ModbusSequentialDataBlock(1000, [0] * 18),
        hr=ModbusSequentialDataBlock(1000, [0] * 32),
        zero_mode=True,
    )


def plain():
    return ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [0] * 2000),
        co=ModbusSequentialDataBlock(0, [0] * 2000),
        ir=ModbusSequentialDataBlock(0, [0] * 2000),
        hr=ModbusSequentialDataBlock(0, [0] * 2000),
        zero_mode=True,
    )


class Device:
    def __init__(self, units):
        maps = {"waveshare-io-8": waveshare_io_8, "inveo-rfid-ind": inveo_rfid_ind, "plain": plain}
        self.units = {unit: maps[name]() for unit, name in units.items()}
        self.log = []
        self.fault = {}
        self.writers = set()

    def take_fault(self):
        fault = self.fault
        times = fault.get("times")
        if times is not None:
            if times <= 0:
                return {}
            fault["times"] = times - 1
        return fault

    def answer(self, unit, pdu, fault):
        if "pdu" in fault:
            return bytes.fromhex(fault["pdu"])
        function = pdu[0]
        if "exception" in fault:
            return bytes([function | 0x80, fault["exception"]])
        if "echo" in fault and function in (5, 6, 15, 16):
            return bytes.fromhex(fault["echo"])
        context = self.units.get(unit)
        if context is None:
            return bytes([function | 0x80, 11])
        if function == 5 and pdu[3:5] not in (b"\xff\x00", b"\x00\x00"):
            return self.pulse(context, pdu)
        request = DECODER.decode(pdu)
        if request is None:
            return bytes([function | 0x80, 1])
        response = request.execute(context)
        if isinstance(response, ExceptionResponse):
            return bytes([response.function_code]) + response.encode()
        return bytes([response.function_code]) + response.encode()

    def pulse(self, context, pdu):
        address, value = struct.unpack(">HH", pdu[1:5])
        channel = address - 0x0200
        if not 0 <= channel < 8:
            return b"\x85\x02"
        context.setValues(5, channel, [True])
        loop = asyncio.get_running_loop()
        loop.call_later(value / 10, lambda: context.setValues(5, channel, [False]))
        return pdu


async def serve_stream(device, framing, reader, writer):
    device.writers.add(writer)
    pending = set()
    try:
        while True:
            if framing == "tcp":
                head = await reader.readexactly(7)
                transaction, _, length, unit = struct.unpack(">HHHB", head)
                pdu = await reader.readexactly(length - 1)
            else:
                head = await reader.readexactly(2)
                unit, function = head
                rest = await reader.readexactly(4)
                if function in (15, 16):
                    count = await reader.readexactly(1)
                    rest += count + await reader.readexactly(count[0])
                crc = await reader.readexactly(2)
                if struct.pack(">H", computeCRC(head + rest)) != crc:
                    continue
                transaction, pdu = 0, head[1:] + rest
            device.log.append((bytes([unit]) + pdu).hex())
            fault = device.take_fault()
            if fault.get("cut"):
                device.fault = {}
                return
            if fault.get("silent"):
                continue
            answer = device.answer(unit, pdu, fault)
            frame = framed(framing, transaction, fault.get("unit", unit), answer)
            delay = fault.get("delay", 0)
            if delay:
                task = asyncio.get_running_loop().call_later(delay, writer.write, frame)
                pending.add(task)
            else:
                writer.write(frame)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        for task in pending:
            task.cancel()
        device.writers.discard(writer)
        writer.close()


def framed(framing, transaction, unit, pdu):
    if framing == "rtu":
        body = bytes([unit]) + pdu
        return body + struct.pack(">H", computeCRC(body))
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, device):
        self.device = device
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        transaction, _, length, unit = struct.unpack(">HHHB", data[:7])
        pdu = data[7:6 + length]
        self.device.log.append((bytes([unit]) + pdu).hex())
        fault = self.device.take_fault()
        if fault.get("silent"):
            return
        frame = framed("tcp", transaction, fault.get("unit", unit), self.device.answer(unit, pdu, fault))
        asyncio.get_running_loop().call_later(fault.get("delay", 0), self.transport.sendto, frame, addr)


def command(device, order):
    kind = order["do"]
    if kind == "log":
        log, device.log = device.log, []
        return {"log": log}
    if kind == "fault":
        device.fault = {key: value for key, value in order.items() if key != "do"}
        return {"ok": True}
    if kind == "close":
        for writer in list(device.writers):
            writer.close()
        return {"ok": True}
    context, function = device.units[order["unit"]], TABLE_FUNCTION[order["table"]]
    if kind == "set":
        context.setValues(function, order["address"], order["values"])
        return {"ok": True}
    if kind == "get":
        return {"values": [int(value) for value in context.getValues(function, order["address"], order["count"])]}
    raise ValueError(kind)


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--framing", choices=["tcp", "rtu", "udp"], default="tcp")
    options.add_argument("--units", required=True, help='JSON: {"1": "waveshare-io-8"}')
    args = options.parse_args()
    device = Device({int(unit): name for unit, name in json.loads(args.units).items()})
    loop = asyncio.get_running_loop()
    if args.framing == "udp":
        transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(device), local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
    else:
        server = await asyncio.start_server(lambda r, w: serve_stream(device, args.framing, r, w), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port}), flush=True)
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    # The end of stdin is the end of the peer: it never outlives the test.
    while line := await stdin.readline():
        print(json.dumps(command(device, json.loads(line))), flush=True)


asyncio.run(main())
