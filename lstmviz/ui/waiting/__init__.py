"""What a page shows while the background works: progress, a question before what takes long, stop and go on."""
