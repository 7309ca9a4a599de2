/** The shipped demonstration flow, on ports that are free here. */
import { readFileSync } from 'node:fs';
import { freePort } from './free-port.mjs';

export const HTTP_PORT = 18700;
export const MODBUS_PORT = 18502;

/** The flow with its two ports moved where they are taken; resolves with `{ flow, httpPort, modbusPort }`. */
export async function demoFlow(path) {
  const httpPort = await freePort(HTTP_PORT);
  const modbusPort = await freePort(MODBUS_PORT);
  const moved = { 'mc-site': { port: httpPort }, 'mc-line': { port: modbusPort }, 'mc-simulator': { httpPort, modbusPort } };
  const flow = JSON.parse(readFileSync(path, 'utf8')).map((node) => {
    const change = moved[node.type] ?? {};
    return { ...node, ...Object.fromEntries(Object.entries(change).map(([key, port]) => [key, String(port)])) };
  });
  return { flow, httpPort, modbusPort };
}
