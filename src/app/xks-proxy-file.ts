import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeThrown, type Log, utf8 } from "../base/index.js";
import { type ProxyConfig, parseConfig } from "../services/xks-proxy/index.js";
import { replaceFile } from "../store/index.js";

/** Who may ask the proxy, and for which keys. It holds credentials: readable by its owner only. */
export const proxyFile = (dataFolder: string): string => join(dataFolder, "xks-proxy.json");

export const readProxyConfig = (dataFolder: string): ProxyConfig | undefined =>
  existsSync(proxyFile(dataFolder)) ? parseConfig(readFileSync(proxyFile(dataFolder), "utf8")) : undefined;

/** In place whole or not at all; the running server takes it up with its next request. */
export function writeProxyConfig(dataFolder: string, config: ProxyConfig): void {
  replaceFile(proxyFile(dataFolder), utf8(`${JSON.stringify(config, undefined, 2)}\n`));
}

/** Reads the file again when it is another one. A file that cannot be understood lets nobody in, and says so once. */
export function watchedProxyConfig(dataFolder: string, log: Log): () => ProxyConfig | undefined {
  let seen = "";
  let config: ProxyConfig | undefined;
  return () => {
    const now = markOf(proxyFile(dataFolder));
    if (now === seen) return config;
    seen = now;
    try {
      config = readProxyConfig(dataFolder);
    } catch (thrown) {
      config = undefined;
      log.error("xks-proxy-configuration-unreadable", describeThrown(thrown));
    }
    return config;
  };
}

function markOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? "none" : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
