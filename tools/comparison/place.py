"""Where the electricity comes from, and settings."""
import re

from .machine import JOULES_PER_KWH
from .page import Row, number
from .scenario import scenario


def cc_intensity(answer):
    """g/kWh of a row."""
    kwh, kg = answer.column("energy_consumed"), answer.column("emissions")
    return 1000 * kg / kwh if kwh and kg is not None else None


def gr_intensity(answer):
    return answer.result.get("factors", {}).get("intensity_gco2e_per_kwh", {}).get("value")


def range_of(answer):
    carbon = answer.result.get("operational_kgco2e", {})
    return carbon["high"] / carbon["low"] if carbon.get("low") else None


def placed(bench, cc_options, gr_options, command=("sleep", "2"), **how):
    running = (bench.start_cc(command, options=cc_options, **how),
               bench.start(["env", *bench.gr_words(command)[:4], *gr_options, "--", *command], bench.folder("gramme"), **how))
    return tuple(map(bench.finish, running))


@scenario("no-network", "place", upstream="#854")
def no_network(bench):
    cc, gr = placed(bench, ("--no-api",), ())
    cc_g, gr_g = cc_intensity(cc), gr_intensity(gr)
    place = f"{cc.row().get('country_name')}, {cc.row().get('region')}"
    warned = "Canada" in cc.err + cc.out
    return Row("no place given and no network (`codecarbon monitor --no-api`)", "the place is not known",
               f"{place}: {number(cc_g)} g/kWh, {'warns' if warned else 'no warning at the default log level'}",
               f"world average: {number(gr_g)} g/kWh, says so; the range of the carbon is 1 to {number(range_of(gr), 2)}",
               (cc_g is not None and cc_g > 100, gr_g is not None and gr_g > 100),
               "A guess of a clean grid reads low by two orders of magnitude")


@scenario("wrong-country", "place")
def wrong_country(bench):
    told = []
    right = []
    for code in ("FR", "ZZZ"):
        cc, gr = placed(bench, ("--offline", "--country-iso-code", code), ("--region", code), ("sleep", "1"))
        told.append((f"`{code}`: {number(cc_intensity(cc))} g/kWh, exit status {cc.status}",
                     f"`{code}`: " + (f"{number(gr_intensity(gr))} g/kWh" if gr.result else f"refused, exit status {gr.status}")))
        expected = code == "FR"
        cc_g, gr_g = cc_intensity(cc), gr_intensity(gr)
        right.append(((cc_g is not None and cc_g < 100) if expected else cc.status != 0,
                      (gr_g is not None and gr_g < 100) or gr.status != 0 if expected else gr.status != 0))
    return Row("a country code that does not fit: two letters in place of three, and one that no country has",
               "France or a refusal; a refusal", "; ".join(t[0] for t in told), "; ".join(t[1] for t in told),
               tuple(all(r[i] for r in right) for i in (0, 1)),
               "A refusal comes before the command starts")


@scenario("accent", "place")
def accent(bench):
    answers = [placed(bench, ("--offline", "--country-iso-code", "CAN", "--region", name), ("--region", name), ("sleep", "1"))
               for name in ("Québec", "quebec")]
    cc = [cc_intensity(a[0]) for a in answers]
    gr = [gr_intensity(a[1]) for a in answers]
    return Row("a province with its accent and without: `Québec`, `quebec`", "the same place twice",
               " and ".join(f"{number(g)} g/kWh" for g in cc), " and ".join(f"{number(g)} g/kWh" for g in gr),
               (cc[0] is not None and abs(cc[0] - cc[1]) < 1, gr[0] is not None and abs(gr[0] - gr[1]) < 1))


@scenario("city-region", "place", known="")
def city_region(bench):
    """The same country, its state left out or given."""
    countries = [placed(bench, ("--offline", "--country-iso-code", "USA", *cc), ("--region", gr), ("sleep", "1"))
                 for cc, gr in (((), "USA"), (("--region", "california"), "California"))]
    cc = [cc_intensity(a[0]) for a in countries]
    gr = [gr_intensity(a[1]) for a in countries]
    years = [a[1].result.get("factors", {}).get("intensity_gco2e_per_kwh", {}).get("year") for a in countries]
    bases = {a[1].result.get("factors", {}).get("intensity_gco2e_per_kwh", {}).get("basis") for a in countries}
    return Row("the USA, and California", "not known to us; both are tables of some year",
               " and ".join(f"{number(g)} g/kWh" for g in cc) + "; the row names neither year nor kind of factor",
               " and ".join(f"{number(g)} g/kWh ({y})" for g, y in zip(gr, years)) + f"; {', '.join(sorted(map(str, bases)))}",
               (None, None), "A difference of sources" + (", and gramme, too, mixes direct and lifecycle factors" if len(bases) > 1 else ""))


# Google's metadata service on the address that clouds use, within a network namespace of its own.
METADATA_SERVICE = """
import fcntl, http.server, socket, struct, subprocess, sys, threading

def address_of_loopback(alias, address):  # ifreq with a sockaddr_in: SIOCSIFADDR, then SIOCSIFFLAGS up
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8916, struct.pack("16sHH4s8x", alias, socket.AF_INET, 0, socket.inet_aton(address)))
        fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", alias, 1))

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        google = self.path.startswith("/computeMetadata/")
        self.send_response(200 if google else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"zone": "projects/1/zones/europe-west12-a", "id": 1}' if google else b"")
    def log_message(self, *words):
        pass

address_of_loopback(b"lo", "127.0.0.1")
address_of_loopback(b"lo:1", "169.254.169.254")
server = http.server.ThreadingHTTPServer(("169.254.169.254", 80), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.exit(subprocess.call(sys.argv[1:]))
"""


@scenario("cloud-region", "place")
def cloud_region(bench):
    service = bench.folder("cloud") / "metadata.py"
    service.write_text(METADATA_SERVICE)
    command = ("sleep", "2")
    cc = bench.finish(bench.start([bench.python, service, *bench.cc_words(command, ("--no-api",))], bench.folder("codecarbon")))
    gr = bench.finish(bench.start([*bench.gr_words(command)[:4], "--region", "gcp:europe-west12", "--", *command],
                                  bench.folder("gramme")))
    found = cc.row().get("cloud_region")
    if not cc.row():
        raise RuntimeError(cc.err)
    gr_region = gr.result.get("factors", {}).get("intensity_gco2e_per_kwh", {}).get("region")
    return Row("Google Cloud's metadata service says zone europe-west12-a (Turin); gramme does not ask it and is told "
               "`--region gcp:europe-west12`", "europe-west12",
               f"{found or 'no cloud region'}: {number(cc_intensity(cc))} g/kWh",
               f"{gr_region}: {number(gr_intensity(gr))} g/kWh", (found == "europe-west12", "europe-west12" in str(gr_region)),
               "gramme does not find the region by itself: without the flag it would use the world average")


@scenario("percent", "place")
def percent(bench):
    cc, gr = bench.both(["sleep", "1"], extra={"CODECARBON_PROJECT_NAME": "50%_pruned", "GRAMME_PROJECT": "50%_pruned"})
    cc_name, gr_name = cc.row().get("project_name"), gr.result.get("run", {}).get("project")
    return Row("a project named `50%_pruned` by variable", "`50%_pruned`", f"`{cc_name}`" if cc_name else "no run",
               f"`{gr_name}`" if gr_name else "no run", (cc_name == "50%_pruned", gr_name == "50%_pruned"))


@scenario("interval-setting", "place")
def interval_setting(bench):
    """The interval from the environment reaches the command-line tool: more than two measurements in 4 s."""
    cc = bench.finish(bench.start_cc(["sleep", "5"], options=("--offline", "--country-iso-code", "FRA", "--log-level", "info"),
                                     interval=None, extra={"CODECARBON_MEASURE_POWER_SECS": "1"}))
    gr = bench.finish(bench.start_gr(["sleep", "5"], extra={"GRAMME_INTERVAL": "1s"}))
    cc_count = len(re.findall(r"used since the beginning", cc.err + cc.out))
    gr_count = gr.result.get("run", {}).get("samples", 0)
    return Row("an interval of 1 s set by variable, a run of 5 s; samples", "at least 5", "5 or more" if cc_count >= 5 else
               str(cc_count), "5 or more" if gr_count >= 5 else str(gr_count), (cc_count >= 5, gr_count >= 5))


@scenario("pue-water", "place")
def pue_water(bench):
    cc = bench.finish(bench.start_api([["new"], ["start"], ["sleep", 4], ["stop"]], {"pue": 1.5, "wue": 1.8,
                                                                                   "force_ram_power": 20}))
    gr = bench.finish(bench.start_gr(["sleep", "4"], options=("--pue", "1.5")))
    ram = cc.column("ram_energy"), cc.column("ram_power"), cc.column("duration")
    litres, kwh = cc.column("water_consumed"), cc.column("energy_consumed")
    per_it = litres / kwh * 1.5 if kwh else None
    same = abs(ram[0] * JOULES_PER_KWH / (ram[1] * ram[2]) - 1) < 0.1 if all(ram) else False
    it, facility = (gr.result.get(k, {}).get("value") for k in ("energy_kwh", "facility_energy_kwh"))
    return Row("PUE 1.5 and WUE 1.8 L per kWh of the machines", "1.8 L per kWh of the machines",
               f"{number(per_it)} L; energies hold the PUE, powers {'too' if same else 'do not'}",
               f"no water; energy and energy of the site stand apart, {number(facility / it if it else None)} between them",
               (per_it is not None and abs(per_it - 1.8) < 0.05, None))
