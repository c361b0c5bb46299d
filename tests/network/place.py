"""One installation on nine machines: proxy, three webs, two workers, database, mail, and somebody outside."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.network.hosts import INNER, OUTER, Host, run

ROOT = Path(__file__).resolve().parents[2]
NAME = "desk.example.com"
PASSWORD = "of-the-trial-only"


class Place:
    """Folders below `folder`: shared/ holds what the machines share, hosts/ what each has for itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.proxy = Host("proxy", inner=1, outer=1)
        self.webs = [Host(f"web{n}", inner=10 + n) for n in (1, 2, 3)]
        self.workers = [Host(f"work{n}", inner=20 + n) for n in (1, 2)]
        self.database = Host("db", inner=30)
        self.mail = Host("mail", inner=40)
        self.client = Host("client", outer=2)
        self.hosts = [self.proxy, *self.webs, *self.workers, self.database, self.mail, self.client]
        self.names = {NAME: f"{OUTER}.1"}
        self.mails = folder / "mails.jsonl"
        self.authority = folder / "authority.pem"

    def env(self, host: Host) -> dict[str, str]:
        """Return the environment of our processes on `host`, as deploy/environment.example has it."""
        var = self.folder / "hosts" / host.name
        for shared in ("files", "keys"):
            (self.folder / "shared" / shared).mkdir(parents=True, exist_ok=True)
            var.mkdir(parents=True, exist_ok=True)
            if not (var / shared).exists():
                (var / shared).symlink_to(self.folder / "shared" / shared)
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "QUIETMONDAY_VAR": str(var),
            "QUIETMONDAY_ADDRESS": f"https://{NAME}",
            "QUIETMONDAY_TRUST_PROXY": f"{INNER}.1",
            "QUIETMONDAY_BIND": f"{INNER}.{host.numbers.get('inner', 1)}",
            "QUIETMONDAY_DATABASE_URL": f"postgres://quiet:{PASSWORD}@{INNER}.30:5432/quiet",
            "QUIETMONDAY_MAIL_URL": f"smtp://{INNER}.40:2525",
        }

    def ours(self, host: Host, *words: str) -> str:
        """Run `quietmonday words` on a machine to its end."""
        return host.do([sys.executable, "-m", "quietmonday", *words], self.env(host))

    def python(self, host: Host, *words: str) -> str:
        """Run Python on a machine to its end."""
        return host.do([sys.executable, *words], self.env(host))

    def start_database(self) -> None:
        """Make a cluster and start it on its machine, writing as safely as one in earnest."""
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parts[4]))
        data, secret = self.folder / "pg", self.folder / "pg.password"
        secret.write_text(PASSWORD)
        data.mkdir()
        for path in (data, secret):
            shutil.chown(path, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        run(
            *as_postgres, str(programs / "initdb"), "-D", str(data), "-U", "quiet", f"--pwfile={secret}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {INNER}.0/24 scram-sha-256\n")
        words = ["-D", str(data), "-k", str(data), "-h", f"{INNER}.30"]
        self.database.begin([str(programs / "postgres"), *words], self.folder / "db.log", user="postgres")
        self._until(lambda: self._sql("CREATE DATABASE quiet", database="postgres"))

    def sql(self, query: str) -> list[str]:
        """Return the rows of a query, fields parted by |."""
        return self._sql(query).splitlines()

    def _sql(self, query: str, database: str = "quiet") -> str:
        url = f"postgres://quiet:{PASSWORD}@{INNER}.30:5432/{database}"
        return self.database.do(["psql", url, "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", query])

    def start_mail(self) -> None:
        """Start the mail server that notes all."""
        words = [sys.executable, "-m", "tests.network.sink", f"{INNER}.40", str(self.mails)]
        self.mail.begin(words, self.folder / "mail.log", self.env(self.mail))

    def start_ours(self) -> None:
        """Make the tables, the cast, and start every process of ours where it belongs."""
        self.ours(self.webs[0], "migrate", "--verbosity", "0")
        self.python(self.webs[0], "-m", "tests.network.people")
        for web in self.webs:
            self.ours(web, "upgrade")
            self._begin(web, "web")
        for worker in self.workers:
            self._begin(worker, "worker")
            self._begin(worker, "scheduler")
        for web in self.webs:
            self._until(lambda web=web: self.ours(web, "health"))  # type: ignore[misc]  # a lambda's default

    def _begin(self, host: Host, command: str) -> None:
        words = [sys.executable, "-m", "quietmonday", command]
        host.begin(words, self.folder / f"{host.name}.{command}.log", self.env(host))

    def start_caddy(self) -> None:
        """Start Caddy with our sample: its upstreams named, and a certificate of its own making."""
        sample = (ROOT / "deploy" / "Caddyfile").read_text()
        upstreams = " ".join(f"{INNER}.{web.numbers['inner']}:8000" for web in self.webs)
        config = sample.replace("reverse_proxy 127.0.0.1:8000", f"reverse_proxy {upstreams}")
        alone = "{\n\tadmin off\n\tskip_install_trust\n}\n\n"
        config = config.replace(f"\n{NAME} {{", f"\n{alone}{NAME} {{\n\ttls internal", 1)
        (self.folder / "Caddyfile").write_text(config)
        home = self.folder / "caddy"
        home.mkdir()
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home)}
        words = ["caddy", "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]
        self.proxy.begin(words, self.folder / "proxy.log", env)
        made = home / "caddy/pki/authorities/local/root.crt"
        self._until(lambda: shutil.copy(made, self.authority))
        self._until_it_answers()

    def start_nginx(self) -> None:
        """Start nginx with our sample: its upstreams named, and a certificate made here."""
        from tests.network.certificate import write_certificate

        key = self.folder / "key.pem"
        write_certificate(NAME, self.authority, key)
        upstreams = "\n".join(
            f"    server {INNER}.{web.numbers['inner']}:8000 max_fails=2 fail_timeout=10s;" for web in self.webs
        )
        sample = (ROOT / "deploy" / "nginx.conf").read_text()
        sample = sample.replace("    server 127.0.0.1:8000 max_fails=2 fail_timeout=10s;", upstreams)
        sample = sample.replace("/etc/ssl/quietmonday/certificate.pem", str(self.authority))
        sample = sample.replace("/etc/ssl/quietmonday/key.pem", str(key))
        (self.folder / "site.conf").write_text(sample)
        folder = self.folder / "nginx"
        folder.mkdir()
        main = f"error_log {folder}/error.log; pid {folder}/pid; user root; daemon off; events {{}}"
        site = f"http {{ access_log off; include {self.folder}/site.conf; }}"
        (self.folder / "nginx.conf").write_text(f"{main}\n{site}\n")
        self.proxy.begin(["nginx", "-c", str(self.folder / "nginx.conf")], self.folder / "proxy.log")
        self._until_it_answers()

    def _until_it_answers(self) -> None:
        ask = ["-c", f"import ssl, urllib.request as u; u.urlopen('https://{NAME}/sign-in/', context=ssl."
               f"create_default_context(cafile={str(self.authority)!r}), timeout=5)"]  # fmt: skip
        self._until(lambda: self.python(self.client, *ask))

    def _until(self, deed: object, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                deed()  # type: ignore[operator]  # a callable without arguments
                return
            except (RuntimeError, OSError, subprocess.SubprocessError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
