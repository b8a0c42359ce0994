/** What stands at the entrance. */
export const entrancePage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Panoptes</title>
<h1>Panoptes</h1>
<ul>
<li><a href="/api/overview">Overview</a></li>
<li><a href="/api/observers">Observers</a></li>
<li><a href="/api/peers">Peers</a></li>
<li><a href="/metrics">Metrics</a></li>
</ul>
</html>
`;
