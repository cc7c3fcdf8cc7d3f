import { loadDriver, type OpenDriver } from "./sqlite-driver.js";

/**
 * The real driver with the page cipher left out, so that a test can search the files for what the pages hold. All the
 * rest is as ever: the cipher changes how a page is written and not what is in it.
 */
export async function plainDriver(): Promise<OpenDriver> {
  const open = await loadDriver();
  return (path, options) => {
    const driver = open(path, options);
    const pragma = driver.pragma.bind(driver);
    driver.key = () => 0;
    driver.pragma = (text, more) => (/^(cipher|algorithm) /.test(text) ? undefined : pragma(text, more));
    return driver;
  };
}
