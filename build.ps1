# The verbs of build.sh for PowerShell. Kept thin on purpose: it hands over to build.sh, under bash on
# Linux and under WSL on Windows, where the worker runs too. Not run by our tests; see README.md.
$ErrorActionPreference = 'Stop'
$bash = if ($IsWindows) { @('wsl', 'bash') } else { @('bash') }
$command = $bash[0]
$prefix = @($bash | Select-Object -Skip 1)
Push-Location $PSScriptRoot
try {
    & $command @prefix './build.sh' @args
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
