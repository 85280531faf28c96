"""Starts the notebooks' kernel, asks it 1+1 and prints the answer."""

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="tslab", startup_timeout=60)
try:
    heard = []
    reply = client.execute_interactive("1+1", timeout=60, output_hook=heard.append)
    contents = [message["content"] for message in heard]
    answers = [content["data"].get("text/plain", "") for content in contents if "data" in content]
    said = [content["text"] for content in contents if "text" in content]
    print(reply["content"]["status"], *answers, *said)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
