@echo off
rem The launcher of meta-log on Windows: finds a Java, builds what is missing, and runs it.
rem Standard output belongs to the program alone, so everything said here goes to standard error.
setlocal EnableExtensions DisableDelayedExpansion
set "root=%~dp0"
set "META_LOG_LAUNCHER=%~f0"
set "command=%~1"
if "%command%"=="" set "command=help"

set "java=java.exe"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "java=%JAVA_HOME%\bin\java.exe"
set "version="
for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1 ^| findstr /c:" version ""') do set "version=%%~v"
if not defined version (
  echo meta-log: needs Java 17 or newer and found none. Install one, for example with 1>&2
  echo   winget install EclipseAdoptium.Temurin.21.JDK 1>&2
  echo or point JAVA_HOME at it. 1>&2
  exit /b 1
)
for /f "tokens=1 delims=.-+" %%m in ("%version%") do set "major=%%m"
if %major% LSS 17 (
  echo meta-log: needs Java 17 or newer and found %version%. Install one, or point JAVA_HOME at it. 1>&2
  exit /b 1
)

set "server=%root%server\target\meta-log-server.jar"
set "editors=%root%editor-clients\target\meta-log-editors.jar"
set "jar=%server%"
if "%command%"=="headless" set "jar=%editors%"
if "%command%"=="demo" set "jar=%editors%"
if "%command%"=="bench" set "jar=%editors%"
if "%command%"=="bench" if "%~2"=="traces" set "jar=%server%"

set "missing="
if not exist "%jar%" set "missing=yes"
if not exist "%server%" set "missing=yes"
if defined missing (
  echo meta-log: building; this happens once, and takes longest the first time 1>&2
  pushd "%root%"
  call mvnw.cmd -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -pl server,editor-clients -am package 1>&2 <nul
  popd
)
if not exist "%jar%" (
  echo meta-log: could not be built; the messages above say why 1>&2
  exit /b 1
)

rem An editor's sidecar gives back what it does not use, as in the launcher for other systems.
set "lean="
if /i "%~1"=="serve" set "lean=-Xms32m -Xmn12m -XX:MetaspaceSize=64m -XX:MaxHeapFreeRatio=50 -XX:-ShrinkHeapInSteps -XX:FreqInlineSize=80 -XX:MaxInlineLevel=6"
"%java%" -XX:+UseSerialGC -Xmx512m %lean% -Xshare:auto -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=error:stderr -jar "%jar%" %*
exit /b %errorlevel%
